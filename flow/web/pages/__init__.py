"""The pages: each handler fills a view of `flow.views` and renders its template; forms answer with the part of the page they change."""
