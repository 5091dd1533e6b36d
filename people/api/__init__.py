"""Who is calling the API, how they come by a token, and what they may know of themselves."""
