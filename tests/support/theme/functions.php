<?php
/**
 * A magazine's theme as far as posts are concerned: many picture sizes, and fields of its own.
 *
 * The fields have the names of a large theme's and an SEO plugin's. As some of these do, it prints
 * them without escaping: what is written there must be safe by itself.
 */

add_action(
	'after_setup_theme',
	function () {
		add_theme_support( 'post-thumbnails' );
		add_theme_support( 'title-tag' );
		foreach ( range( 1, 15 ) as $number ) {
			add_image_size( "magazine-$number", 80 * $number, 45 * $number, true );
		}
	}
);

/**
 * Kinds of posts as magazines have them: one that can all but tags, one that REST does not show,
 * one with a title and a text alone whose routes are elsewhere, and one that nobody may edit.
 */
add_action(
	'init',
	function () {
		$all = array( 'title', 'editor', 'excerpt', 'thumbnail', 'author', 'revisions', 'comments', 'custom-fields' );
		$kinds = array(
			'story'  => array( 'supports' => $all, 'rest_base' => 'stories', 'taxonomies' => array( 'category' ) ),
			'brief'  => array( 'supports' => $all, 'show_in_rest' => false, 'taxonomies' => array( 'category' ) ),
			'notice' => array( 'supports' => array( 'title', 'editor' ), 'rest_namespace' => 'magazine/v1' ),
			'memo'   => array( 'supports' => $all, 'capability_type' => 'memo', 'map_meta_cap' => true ),
		);
		foreach ( $kinds as $name => $how ) {
			register_post_type( $name, $how + array( 'public' => true, 'show_in_rest' => true, 'label' => $name ) );
		}
		$desk = array( 'public' => true, 'hierarchical' => true, 'show_in_rest' => true, 'rest_base' => 'desks' );
		register_taxonomy( 'desk', array( 'story', 'brief' ), $desk );
	}
);

add_action(
	'wp_head',
	function () {
		$canonical = is_singular() ? get_post_meta( get_the_ID(), '_yoast_wpseo_canonical', true ) : '';
		if ( $canonical ) {
			remove_action( 'wp_head', 'rel_canonical' );
			echo "<link rel=\"canonical\" href=\"$canonical\">\n";
		}
	},
	1
);

add_filter(
	'wp_robots',
	function ( $robots ) {
		$noindex = is_singular() && get_post_meta( get_the_ID(), '_yoast_wpseo_meta-robots-noindex', true ) === '1';
		return $noindex ? array( 'noindex' => true ) + $robots : $robots;
	}
);

function magazine_part( $key, $part ) {
	$all = get_post_meta( get_the_ID(), $key, true );
	return is_array( $all ) && isset( $all[ $part ] ) ? $all[ $part ] : '';
}
