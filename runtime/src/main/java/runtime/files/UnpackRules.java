package runtime.files;

/**
 * How an archive's entries become files.
 *
 * @param owners     whose they are
 * @param ids        the host's ids of those in the archive
 * @param attributes which extended attributes they get
 * @param root       whether the entry {@code .} changes the folder unpacked into
 */
public record UnpackRules(Owners owners, IdShift ids, Attributes attributes, boolean root) {

    /** Whose files are. */
    public enum Owners {
        /** Of whoever unpacks. */
        CALLER,
        /** Of root inside. */
        ROOT,
        /** Of the owner the archive names, with his setuid bits. */
        KEPT
    }

    /**
     * Files copied into a container, or out of it. Capabilities come along as setuid bits do: with their
     * owner.
     */
    public static UnpackRules copy(Owners owners, IdShift ids) {
        return new UnpackRules(owners, ids,
                owners == Owners.KEPT ? Attributes.COPY : Attributes.USER, false);
    }

    /** The content of a volume, as it was saved. */
    public static UnpackRules volume() {
        return new UnpackRules(Owners.KEPT, IdShift.NONE, Attributes.ALL, true);
    }

    /** Whether files get an owner, and are not simply the caller's. */
    boolean isOwned() {
        return owners != Owners.CALLER;
    }

    /** What a file's mode becomes: setuid and setgid go with the owner they were meant for. */
    int mode(int mode) {
        return owners == Owners.KEPT ? mode & 07777 : mode & 01777;
    }
}
