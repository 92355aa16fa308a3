const app = require('express')();
app.get('/plaintext', (request, response) => response.type('text/plain').send('Hello, World!'));
app.listen(process.env.PORT);
