% hello PORT: hello world of inets, as escript.
main([Port]) ->
    inets:start(),
    {ok, _} = inets:start(httpd, [{port, list_to_integer(Port)}, {bind_address, {127, 0, 0, 1}}, {server_name, "hello"},
                                  {server_root, "."}, {document_root, "www"}, {mime_types, [{"txt", "text/plain"}]}]),
    receive after infinity -> ok end.
