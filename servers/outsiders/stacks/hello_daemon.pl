# hello_daemon.pl PORT: hello world of HTTP::Daemon, a process per connection.
use strict;
use warnings;
use HTTP::Daemon;
use HTTP::Response;

$SIG{CHLD} = 'IGNORE';
my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => shift) or die "$!";
while (my $connection = $daemon->accept) {
    next if fork;
    while ($connection->get_request) {
        $connection->send_response(HTTP::Response->new(200, 'OK', ['Content-Type' => 'text/plain'], 'Hello, World!'));
    }
    exit;
}
