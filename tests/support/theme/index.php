<!DOCTYPE html>
<html <?php language_attributes(); ?>>
<head><meta charset="utf-8"><?php wp_head(); ?></head>
<body <?php body_class(); ?>>
<?php
while ( have_posts() ) :
	the_post();
	$subtitle = get_post_meta( get_the_ID(), 'post_subtitle', true );
	$primary  = get_category( (int) magazine_part( 'jnews_primary_category', 'id' ) );
	$name     = magazine_part( 'jnews_single_post', 'source_name' );
	$url      = magazine_part( 'jnews_single_post', 'source_url' );
	?>
	<article>
		<?php if ( $primary && ! is_wp_error( $primary ) ) : ?>
			<p class="section"><?php echo $primary->name; ?></p>
		<?php endif; ?>
		<h1><?php the_title(); ?></h1>
		<?php if ( $subtitle ) : ?>
			<p class="subtitle"><?php echo $subtitle; ?></p>
		<?php endif; ?>
		<div class="text"><?php the_content(); ?></div>
		<?php if ( $name ) : ?>
			<p class="source"><a href="<?php echo $url; ?>"><?php echo $name; ?></a></p>
		<?php endif; ?>
	</article>
<?php endwhile; ?>
<?php wp_footer(); ?>
</body>
</html>
