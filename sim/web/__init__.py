"""The classroom page: `sim serve`.

    server       binds an address, prints it, runs until it is stopped
    app          the routes, put together; what a failure looks like
    safety       who may ask what: hosts, origins, tokens, sizes, rates
    site         what every page has at hand: the pool, the rooms, the texts
    pool, jobs   runs wait in a queue and are worked on elsewhere; what worker processes do
    choices      what a person chose, as an address and as settings of a scenario
    pages/       one module a page
    game_pages   how a game goes, the same for both roles; game_forms, game_jobs: its forms; what workers do for it
    cards, fields    the form that edits a scenario, from the schema; building: what is added and taken away; build_jobs
    newsroom, endings    what happened in a game, and how it ended, in words
    rooms, builds, database    classes, predictions, runs and games; scenarios that are built; what holds them
    plans        the plan of a class, its phase and its answers; lessons: the plans that come along
    activities   what a class can do together, each kind once; setups: what its question is about
    stage        what a room shows at this moment; board: tells it to all who listen
    access       who a browser is in a room; stage_pages, stage_forms: phone, desk and wall, and what a teacher does
    texts        the catalogue of texts, one file a language

A new page is a module in `pages/`, a template, and its words in `texts/en.json`. Everything is served from here: no
page loads anything from another host.
"""
