package cli.command;

/**
 * An option a command takes.
 *
 * @param name        without dashes: "cap-add"
 * @param letter      of its short form, or 0
 * @param valueName   what its value is called in the help: "list", "bytes"; empty for a switch
 * @param description a sentence without its full stop
 */
record Option(String name, char letter, String valueName, String description) {

    /** Whether it is there or not, without a value. */
    boolean isSwitch() {
        return valueName.isEmpty();
    }
}
