<?php
// The configuration of every sandbox. What differs stands in site.json, outside the document root.
$sandbox = json_decode( file_get_contents( dirname( __DIR__ ) . '/site.json' ), true );

foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {
	define( $name . '_KEY', hash( 'sha256', $sandbox['salt'] . $name . 'key' ) );
	define( $name . '_SALT', hash( 'sha256', $sandbox['salt'] . $name . 'salt' ) );
}
$constants = array(
	'WP_HOME'                   => $sandbox['url'],
	'WP_SITEURL'                => $sandbox['url'] . $sandbox['below'], // Where wp-admin is.
	'WP_ENVIRONMENT_TYPE'       => 'local', // Application passwords over plain http.
	'WP_DEFAULT_THEME'          => 'twentytwentyone',
	'DB_NAME'                   => 'wordpress',
	'DB_USER'                   => '', // MariaDB runs without users, on a socket of the site's own.
	'DB_PASSWORD'               => '',
	'DB_HOST'                   => 'mariadb' === $sandbox['database'] ? 'localhost:' . dirname( __DIR__ ) . '/mariadb/socket' : '',
	'DB_CHARSET'                => 'utf8mb4',
	'DB_COLLATE'                => '',
	'DB_DIR'                    => dirname( __DIR__ ),
	'DB_FILE'                   => 'wordpress.sqlite',
	'DISABLE_WP_CRON'           => true,
	'WP_HTTP_BLOCK_EXTERNAL'    => true,
	'AUTOMATIC_UPDATER_DISABLED' => true,
	'DISALLOW_FILE_MODS'        => true, // The core's files are links that all sandboxes share.
	'ABSPATH'                   => __DIR__ . '/',
);
foreach ( $constants as $name => $value ) {
	defined( $name ) || define( $name, $value );
}
$table_prefix = 'wp_';

require_once ABSPATH . 'wp-settings.php';
