package cli.command;

import api.cluster.FileReference;
import cli.wire.MessageWriter;
import com.google.protobuf.InvalidProtocolBufferException;

/** --secret and --config: {@code NAME}, or {@code source=NAME,target=FILE,uid=0,gid=0,mode=0444}. */
final class FileFlags {
    private static final int USUAL_MODE = 0444;
    private static final int MOST_MODE = 07777;

    private FileFlags() {}

    /** Adds the references of a kind to a TaskTemplate. */
    static void write(MessageWriter task, int field, FileKind kind, Arguments arguments)
            throws UsageException {
        for (String word : arguments.values(kind.noun)) {
            task.message(field, reference(kind, word));
        }
    }

    /** The path in the container that a word names. */
    static String target(FileKind kind, String word) throws UsageException {
        try {
            return FileReference.parseFrom(reference(kind, word).toByteArray()).getTarget();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was written here cannot be read", e);
        }
    }

    private static MessageWriter reference(FileKind kind, String word) throws UsageException {
        String option = kind.noun;
        String source = word.indexOf('=') < 0 ? word : "";
        String target = "";
        long user = 0;
        long group = 0;
        int mode = USUAL_MODE;
        if (source.isEmpty()) {
            for (String part : KeyValue.commas(word)) {
                String[] pair = KeyValue.split(option, part);
                switch (pair[0]) {
                    case "source", "src" -> source = pair[1];
                    case "target" -> target = pair[1];
                    case "uid" -> user = id(option, word, pair[1]);
                    case "gid" -> group = id(option, word, pair[1]);
                    case "mode" -> mode = mode(option, word, pair[1]);
                    default -> throw Arguments.invalid(option, word, "unknown field " + pair[0]
                            + ": there are source, target, uid, gid and mode");
                }
            }
        }
        if (source.isEmpty()) {
            throw Arguments.invalid(option, word, "source=NAME is missing: the " + option + "'s name");
        }
        ServiceNames.check(option, source);
        String path = target.isEmpty() ? source : target;
        return new MessageWriter()
                .string(FileReference.NAME_FIELD_NUMBER, source)
                .string(FileReference.TARGET_FIELD_NUMBER, path.startsWith("/") ? path : kind.folder + path)
                .number(FileReference.USER_ID_FIELD_NUMBER, user)
                .number(FileReference.GROUP_ID_FIELD_NUMBER, group)
                .number(FileReference.MODE_FIELD_NUMBER, mode);
    }

    private static long id(String option, String word, String text) throws UsageException {
        long id = Arguments.number(option, text);
        if (id < 0 || id > Integer.MAX_VALUE) {
            throw Arguments.invalid(option, word, "an id is a number from 0 to " + Integer.MAX_VALUE);
        }
        return id;
    }

    private static int mode(String option, String word, String text) throws UsageException {
        try {
            int mode = Integer.parseInt(text, 8);
            if (mode >= 0 && mode <= MOST_MODE) {
                return mode;
            }
        } catch (NumberFormatException e) {
            throw Arguments.invalid(option, word, "a mode is an octal number like 0440, not " + text);
        }
        throw Arguments.invalid(option, word, "a mode is an octal number up to 7777, not " + text);
    }
}
