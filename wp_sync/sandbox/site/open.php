<?php
// Make a copy of the installed site one of its own: address, permalinks, content, passwords.
// Arguments: the address it was installed under, "pretty" or "plain", "empty" or "". Prints the users as JSON.
list( , $installed_at, $permalinks, $content ) = $argv;
require getcwd() . '/wp-load.php';

foreach ( array( 'posts.guid', 'posts.post_content', 'users.user_url', 'options.option_value' ) as $field ) {
	list( $table, $column ) = explode( '.', $field );
	$where = 'options' === $table ? " WHERE option_name IN ('siteurl', 'home')" : ''; // Others are serialised.
	$wpdb->query( $wpdb->prepare( "UPDATE {$wpdb->$table} SET $column = REPLACE($column, %s, %s)$where", $installed_at, WP_HOME ) );
}
// Without rewrite_rules the first request makes them, with the taxonomies' own among them.
update_option( 'permalink_structure', 'plain' === $permalinks ? '' : '/%year%/%monthnum%/%day%/%postname%/' );
update_option( 'rewrite_rules', '' );

if ( 'empty' === $content ) {
	foreach ( get_posts( array( 'post_type' => array( 'post', 'page' ), 'post_status' => 'any', 'numberposts' => -1 ) ) as $post ) {
		wp_delete_post( $post->ID, true );
	}
}

$users = array();
foreach ( get_users() as $user ) {
	$password = wp_generate_password( 20, false );
	wp_set_password( $password, $user->ID );
	list( $application_password ) = WP_Application_Passwords::create_new_application_password( $user->ID, array( 'name' => 'sandbox' ) );

	$users[] = array(
		'login'                => $user->user_login,
		'role'                 => $user->roles[0],
		'slug'                 => $user->user_nicename,
		'password'             => $password,
		'application_password' => $application_password,
	);
}
echo wp_json_encode( $users );
