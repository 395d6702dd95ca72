<?php
// Read from the site's MariaDB, without WordPress. Argument: the socket. The query comes on standard input; prints the rows as JSON.
mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
$database = mysqli_init();
$database->options( MYSQLI_OPT_INT_AND_FLOAT_NATIVE, 1 ); // Numbers as numbers, as SQLite gives them.
$database->real_connect( 'localhost', '', '', 'wordpress', 0, $argv[1] );
$database->set_charset( 'utf8mb4' );
$database->query( 'SET SESSION TRANSACTION READ ONLY' );
$rows = $database->query( stream_get_contents( STDIN ) )->fetch_all( MYSQLI_ASSOC );
echo json_encode( $rows, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE );
