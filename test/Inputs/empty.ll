; A module without anything in it is a module.
