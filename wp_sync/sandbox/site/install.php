<?php
// Install a fresh site into the working directory: what every sandbox is copied from.
define( 'WP_INSTALLING', true );
require getcwd() . '/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'Model Site', 'admin', 'admin@example.test', true, '', wp_generate_password() );
update_option( 'blogdescription', 'Curated news' );
update_option( 'timezone_string', 'America/Toronto' );

$users = array(
	array( 'editor', 'editor', 'Editor', '' ),
	array( 'author', 'author', 'Author', '' ),
	array( 'contributor', 'contributor', 'Contributor', '' ),
	array( 'subscriber', 'subscriber', 'Subscriber', '' ),
	array( 'sarah-taylor', 'author', 'Sarah Taylor', 'Sarah runs before breakfast and writes about it after.' ),
	array( 'marc-lavoie', 'author', 'Marc Lavoie', 'Marc has followed Canadian politics and hockey since he could read.' ),
	array( 'priya-nair', 'author', 'Priya Nair', 'Priya plays the piano, reviews concerts and tunes her own strings.' ),
	array( 'tom-becker', 'author', 'Tom Becker', 'Tom skates, golfs badly and repairs both kinds of equipment.' ),
);
foreach ( $users as list( $login, $role, $name, $biography ) ) {
	$id = wp_insert_user(
		array(
			'user_login'   => $login,
			'user_email'   => "$login@example.test",
			'user_pass'    => wp_generate_password(),
			'role'         => $role,
			'display_name' => $name,
			'first_name'   => strtok( $name, ' ' ),
			'last_name'    => (string) strtok( '' ),
			'description'  => $biography,
		)
	);
	is_wp_error( $id ) && throw new Exception( "$login: " . $id->get_error_message() );
}
