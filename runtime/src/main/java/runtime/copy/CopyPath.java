package runtime.copy;

import java.util.ArrayList;
import java.util.List;

/**
 * A path as the user wrote it, of which the end counts: {@code a/} must be a folder, {@code a/.} is what is
 * in it.
 *
 * @param text as written, not empty
 */
public record CopyPath(String text) {

    public CopyPath {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("an empty path");
        }
    }

    /** A path in a container: what is not absolute begins at its root. */
    public static CopyPath inContainer(String text) {
        return new CopyPath(text.startsWith("/") ? text : "/" + text);
    }

    /** Whether it means the content of the folder, not the folder. */
    public boolean isContents() {
        return text.equals(".") || text.endsWith("/.");
    }

    /** Whether it can only be a folder. */
    public boolean saysFolder() {
        return text.endsWith("/") || isContents();
    }

    /**
     * The path without what says nothing: {@code .}, doubled slashes, {@code x/..}; as Go's
     * {@code path.Clean}, so that links are not looked at.
     */
    public String clean() {
        boolean absolute = text.startsWith("/");
        List<String> parts = new ArrayList<>();
        for (String part : text.split("/")) {
            if (part.isEmpty() || part.equals(".")) {
                continue;
            }
            boolean up = part.equals("..");
            if (up && !parts.isEmpty() && !parts.getLast().equals("..")) {
                parts.removeLast();
            } else if (!up || !absolute) {
                parts.add(part);
            }
        }
        String joined = String.join("/", parts);
        return absolute ? "/" + joined : joined.isEmpty() ? "." : joined;
    }

    /** The folder its last part lies in; of one that means the content, the folder itself. */
    public String folder() {
        String clean = clean();
        if (isContents()) {
            return clean;
        }
        int slash = clean.lastIndexOf('/');
        return slash < 0 ? "." : slash == 0 ? "/" : clean.substring(0, slash);
    }

    /** Its last part; {@code .} for the root and for one that means the content. */
    public String name() {
        String clean = clean();
        if (isContents() || clean.equals("/")) {
            return ".";
        }
        return clean.substring(clean.lastIndexOf('/') + 1);
    }

    /** Where a symbolic link at this path leads, one step. */
    public CopyPath linked(String target) {
        return target.startsWith("/") ? new CopyPath(target)
                : new CopyPath((folder().equals("/") ? "" : folder()) + "/" + target);
    }
}
