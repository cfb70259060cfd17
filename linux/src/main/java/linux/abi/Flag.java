package linux.abi;

/** A bit, or a choice, with the name the manual gives it. */
public interface Flag {

    /** The name, as an enum constant has it. */
    String name();

    /** The bits. */
    long value();
}
