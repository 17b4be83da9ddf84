"""Who acts: parties, mediators and working groups, each a Mesa agent in all replications at once."""
