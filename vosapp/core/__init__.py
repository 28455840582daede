"""Values and pure functions of vosapp: masks, document, history, project. Only numpy and the standard library."""
