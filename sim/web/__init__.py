"""The classroom page: `sim serve`.

    server       binds an address, prints it, runs until it is stopped
    app          the routes, put together; what a failure looks like
    safety       who may ask what: hosts, origins, tokens, sizes, rates
    house        what every page has at hand: the pool, the rooms, the texts
    pool, work   runs wait in a queue and are worked on elsewhere; what worker processes do
    choices      what a person chose, as an address and as settings of a scenario
    explore, watch, mediate, negotiate, klass, how    one module a page
    turns        how a game goes, the same for both roles; played: what workers do for it
    newsroom, endings    what happened in a game, and how it ended, in words
    rooms, games, tables    classes, predictions, runs and games; the database that holds them
    texts        the catalogue of texts, one file a language

A new page is a module with `ROUTES`, and a line in `app.PAGES`. Everything is served from here: no page loads anything
from another host.
"""
