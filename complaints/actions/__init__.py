"""The only code that writes tickets: `filing.file`, `routing.route`, `tickets.accept` and so on."""
