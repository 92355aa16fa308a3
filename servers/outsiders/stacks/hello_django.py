"""hello_django.py runserver ADDRESS:PORT: hello world of Django in one file."""

import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse
from django.urls import path

settings.configure(DEBUG=True, ROOT_URLCONF=__name__)
urlpatterns = [path("plaintext", lambda _request: HttpResponse("Hello, World!", content_type="text/plain"))]

execute_from_command_line(sys.argv)
