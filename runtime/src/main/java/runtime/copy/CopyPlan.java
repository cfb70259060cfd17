package runtime.copy;

/**
 * Where a copy goes: the archive's first entry gets a name, and the archive is unpacked into a folder that
 * exists.
 *
 * @param folder to unpack into
 * @param name   of the first entry there; {@code .} for the folder itself, whose content is added to
 */
public record CopyPlan(String folder, String name) {

    /**
     * What is to be copied.
     *
     * @param path     as the user wrote it
     * @param isFolder whether a folder is there
     */
    public record Source(CopyPath path, boolean isFolder) {}

    /**
     * Where it shall go.
     *
     * @param path     with its last part's links followed
     * @param exists   whether something is there
     * @param isFolder whether that is a folder
     */
    public record Destination(CopyPath path, boolean exists, boolean isFolder) {}

    /**
     * docker's table.
     *
     * <pre>
     *                   destination a folder    a file                  nothing
     *   source a folder  into it, own name      refused                 made, named as destination
     *   its content (/.) into it                refused                 made, named as destination
     *   a file           into it, own name      takes its place         made; refused if it ends in /
     * </pre>
     *
     * @throws CopyException if the table says refused
     */
    public static CopyPlan of(Source source, Destination destination) throws CopyException {
        CopyPath path = destination.path();
        if (source.path().saysFolder() && !source.isFolder()) {
            throw new CopyException("cannot copy " + source.path().text() + ": not a directory");
        }
        if (destination.exists() && destination.isFolder()) {
            return new CopyPlan(path.clean(), source.path().name());
        }
        if (destination.exists() && source.isFolder()) {
            throw new CopyException("cannot copy directory " + source.path().text() + " onto the file "
                    + path.text() + "; name a directory, or one that is not there yet");
        }
        if (destination.exists() && path.saysFolder()) {
            throw new CopyException("cannot copy to " + path.text() + ": not a directory");
        }
        if (!destination.exists() && path.saysFolder() && !source.isFolder()) {
            throw new CopyException("cannot copy to " + path.text()
                    + ": no such directory; make it first, or leave the slash out");
        }
        CopyPath plain = new CopyPath(path.clean());
        return new CopyPlan(plain.folder(), plain.name());
    }
}
