// The definition that Bitwig requires when it loads the script, before anything else in it.
var ID = "6b2f4a57-6d0c-4a53-9c53-0f6d0e1c7a21";

loadAPI(17);
host.defineController("Continuo", "Continuo", CONTINUO_VERSION, ID, "Continuo");
host.defineMidiPorts(0, 0);
