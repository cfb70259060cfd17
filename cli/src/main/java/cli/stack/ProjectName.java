package cli.stack;

import java.util.Locale;

/** A project's name where nobody gives one. */
public final class ProjectName {
    private static final int LONGEST = 63;

    private ProjectName() {
    }

    /**
     * A folder's name as Compose makes a project's of it: in lower case, without what such a name has not.
     *
     * @param folder absolute path
     * @return {@code ""} if nothing is left
     */
    public static String ofFolder(String folder) {
        String last = folder.substring(folder.lastIndexOf('/') + 1).toLowerCase(Locale.ROOT);
        String plain = last.replaceAll("[^a-z0-9_-]", "").replaceAll("^[_-]+", "");
        return plain.substring(0, Math.min(LONGEST, plain.length()));
    }
}
