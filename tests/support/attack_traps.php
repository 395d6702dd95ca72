// Tells, a line each, what WordPress does that an article could have asked for.
function attack_tell( $deed, $what ) {
	$line = wp_json_encode( array( $deed, $what, $_SERVER['REQUEST_URI'] ?? '' ) );
	file_put_contents( dirname( ABSPATH ) . '/attacks.log', "$line\n", FILE_APPEND | LOCK_EX );
}
foreach ( array( 'canary', 'CANARY', '1x', '_x', 'канарейка' ) as $name ) {
	add_shortcode( $name, fn() => '<img src=x onerror="canary(\'shortcode\')">' );
}
add_filter( 'pre_do_shortcode_tag', function ( $result, $tag ) {
	attack_tell( 'shortcode', $tag );
	return $result;
}, 1, 2 );
add_action( 'init', function () {
	$callback = function () {
		attack_tell( 'block', 'canary/block' );
		return '<img src=x onerror="canary(\'block\')">';
	};
	register_block_type( 'canary/block', array( 'render_callback' => $callback ) );
} );
add_filter( 'pre_render_block', function ( $result, $block ) {
	$dynamic = array( 'core/shortcode', 'core/block', 'core/rss', 'core/latest-posts' );
	// Outside of articles, the theme's own sidebar is made of blocks.
	if ( doing_filter( 'the_content' ) && in_array( $block['blockName'], $dynamic, true ) ) {
		attack_tell( 'block', $block['blockName'] );
	}
	return $result;
}, 1, 2 );
add_filter( 'pre_oembed_result', function ( $result, $url ) {
	attack_tell( 'embed', $url );
	return $result;
}, 1, 2 );
add_filter( 'pre_http_request', function ( $result, $options, $url ) {
	// WordPress's own: news of versions, patterns and plugins, whatever the site's content is.
	$own = array( wp_parse_url( home_url(), PHP_URL_HOST ), 'api.wordpress.org' );
	if ( ! in_array( wp_parse_url( $url, PHP_URL_HOST ), $own, true ) ) {
		attack_tell( 'request', $url );
	}
	return new WP_Error( 'closed', 'no way out' );
}, 1, 3 );
// What WordPress itself fetches from others on every page: faces, and pictures of emoji.
add_filter( 'pre_option_show_avatars', '__return_zero' );
add_action( 'init', function () {
	remove_action( 'wp_head', 'print_emoji_detection_script', 7 );
	remove_action( 'admin_print_scripts', 'print_emoji_detection_script' );
	remove_action( 'embed_head', 'print_emoji_detection_script' );
} );
add_action( 'template_redirect', function () {
	if ( isset( $_GET['attack-stage'] ) ) {
		echo '<!doctype html><meta charset="utf-8"><title>stage</title><div id="stage"></div>';
		exit;
	}
} );
