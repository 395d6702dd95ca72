<?php
// What Apache does with WordPress's .htaccess: files and scripts as they are, everything else to index.php.
$path = rawurldecode( (string) parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
$file = $_SERVER['DOCUMENT_ROOT'] . $path;

if ( str_contains( $path, '/.' ) ) {
	http_response_code( 403 );
	return true;
}
if ( is_dir( $file ) && ! str_ends_with( $path, '/' ) ) {
	header( 'Location: ' . str_replace( $path, "$path/", $_SERVER['REQUEST_URI'] ), true, 301 );
	return true;
}
// A script may be followed by a path of its own: /index.php/wp-json/.
$script = preg_match( '#^(/.+?\.php)/#', $path, $found ) ? $_SERVER['DOCUMENT_ROOT'] . $found[1] : $file;
if ( is_file( $script ) || is_file( "$file/index.php" ) ) {
	return false;
}

// WordPress answers below its front page; beside it there is nothing.
$sandbox = json_decode( file_get_contents( dirname( $_SERVER['DOCUMENT_ROOT'] ) . '/site.json' ), true );
$front   = (string) parse_url( $sandbox['url'], PHP_URL_PATH );
if ( ! str_starts_with( $path, "$front/" ) ) {
	return false;
}
unset( $_SERVER['PATH_INFO'] );
$_SERVER['SCRIPT_NAME']     = "$front/index.php";
$_SERVER['PHP_SELF']        = "$front/index.php";
$_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . "$front/index.php";
chdir( dirname( $_SERVER['SCRIPT_FILENAME'] ) );
require $_SERVER['SCRIPT_FILENAME'];
