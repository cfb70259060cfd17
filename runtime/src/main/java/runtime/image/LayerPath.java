package runtime.image;

import java.nio.charset.StandardCharsets;

/**
 * Where an entry of a layer belongs, below the layer's root: a folder and a name in it.
 *
 * <p>Both are the bytes of the archive, one {@code char} each (ISO 8859-1), because file names are
 * bytes and need not be UTF-8; {@link #toString} gives what a reader wants to see.
 *
 * @param folder the parts before the last, joined by {@code /}; empty for the root
 * @param name   the last part; empty only for the root itself
 */
public record LayerPath(String folder, String name) {
    private static final int NAME_LIMIT_BYTES = 255;
    private static final int PATH_LIMIT_BYTES = 4095;
    private static final String WHITEOUT_PREFIX = ".wh.";
    private static final String OPAQUE_NAME = ".wh..wh..opq";
    private static final String METADATA_PREFIX = ".wh..wh.";

    /** The root folder of the layer. */
    public static final LayerPath ROOT = new LayerPath("", "");

    /** What an entry's name asks for (OCI image-spec layer.md, whiteouts). */
    public enum Role {
        /** A file, folder or link of the layer. */
        CONTENT,
        /** Hides the file of that name in the layers below. */
        WHITEOUT,
        /** Hides everything the layers below have in its folder. */
        OPAQUE_WHITEOUT,
        /** Bookkeeping of aufs, which docker once packed into layers; means nothing. */
        AUFS_METADATA
    }

    /**
     * Reads a name of an archive. A leading {@code /} and parts that are empty or {@code .} are
     * dropped, so an absolute name is one below the root.
     *
     * @throws TarFormatException for a part {@code ..}, a zero byte, a part over 255 bytes or a path
     *                            over 4095
     */
    public static LayerPath of(byte[] name) throws TarFormatException {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        if (text.length() > PATH_LIMIT_BYTES) {
            throw refused(text, "is longer than " + PATH_LIMIT_BYTES + " bytes");
        }
        if (text.indexOf('\0') >= 0) {
            throw refused(text, "holds a zero byte");
        }
        StringBuilder clean = new StringBuilder(text.length());
        int start = 0;
        while (start < text.length()) {
            int slash = text.indexOf('/', start);
            int end = slash < 0 ? text.length() : slash;
            append(clean, text, start, end);
            start = end + 1;
        }
        int last = clean.lastIndexOf("/");
        return last < 0 ? new LayerPath("", clean.toString())
                : new LayerPath(clean.substring(0, last), clean.substring(last + 1));
    }

    private static void append(StringBuilder clean, String text, int start, int end)
            throws TarFormatException {
        int length = end - start;
        if (length == 0 || length == 1 && text.charAt(start) == '.') {
            return;
        }
        if (length == 2 && text.startsWith("..", start)) {
            throw refused(text, "has a part \"..\", which could lead out of the layer");
        }
        if (length > NAME_LIMIT_BYTES) {
            throw refused(text, "has a part longer than " + NAME_LIMIT_BYTES + " bytes");
        }
        clean.append(clean.isEmpty() ? "" : "/").append(text, start, end);
    }

    private static TarFormatException refused(String text, String why) {
        return new TarFormatException("the name " + shown(text) + " in the archive " + why);
    }

    public boolean isRoot() {
        return name.isEmpty();
    }

    /** The path of the folder this lies in; the root's is the root. */
    public LayerPath parent() {
        int last = folder.lastIndexOf('/');
        return last < 0 ? new LayerPath("", folder)
                : new LayerPath(folder.substring(0, last), folder.substring(last + 1));
    }

    /** What the name asks for. */
    public Role role() {
        if (!name.startsWith(WHITEOUT_PREFIX)) {
            return Role.CONTENT;
        }
        if (name.equals(OPAQUE_NAME)) {
            return Role.OPAQUE_WHITEOUT;
        }
        return name.startsWith(METADATA_PREFIX) ? Role.AUFS_METADATA : Role.WHITEOUT;
    }

    /**
     * What a {@link Role#WHITEOUT} hides.
     *
     * @throws TarFormatException if that is no name: {@code .wh.}, {@code .wh..} and {@code .wh...}
     */
    public LayerPath hidden() throws TarFormatException {
        String target = name.substring(WHITEOUT_PREFIX.length());
        if (target.isEmpty() || target.equals(".") || target.equals("..")) {
            throw refused(bytesAsText(), "is a whiteout of nothing");
        }
        return new LayerPath(folder, target);
    }

    /** The bytes of {@link #name()}. */
    public byte[] nameBytes() {
        return bytes(name);
    }

    /** The bytes of a folder or name of this record. */
    public static byte[] bytes(String oneCharPerByte) {
        return oneCharPerByte.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The path from the root without a leading slash, one char per byte. */
    public String bytesAsText() {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    /** The path as a reader wants it, quoted, cut if very long. */
    @Override
    public String toString() {
        return shown("/" + bytesAsText());
    }

    /** A name for a message: quoted, as UTF-8 if it is, no control characters, cut if very long. */
    public static String shown(String oneCharPerByte) {
        int limit = 300;
        String cut = oneCharPerByte.length() > limit
                ? oneCharPerByte.substring(0, limit) : oneCharPerByte;
        StringBuilder text = new StringBuilder("\"");
        new String(bytes(cut), StandardCharsets.UTF_8).codePoints()
                .forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return text.append(cut.length() < oneCharPerByte.length() ? "…\"" : "\"").toString();
    }
}
