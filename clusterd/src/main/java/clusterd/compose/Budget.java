package clusterd.compose;

/** What reading may cost: aliases, extends and variables can make much out of little. */
final class Budget {
    private static final int VALUES = 1_000_000;
    private static final int CHARACTERS = 16 << 20;
    private static final int FILES = 200;

    private int values;
    private int characters;
    private int files;

    /** Too much was asked for; ends the reading, and becomes its last error. */
    static final class ExceededException extends RuntimeException {
        ExceededException(String message) {
            super(message);
        }
    }

    void spendValues(int count) {
        values += count;
        if (values > VALUES) {
            throw new ExceededException("aliases, extends and files make more than " + VALUES
                    + " values in all: write a smaller file");
        }
    }

    void spendCharacters(int count) {
        characters += count;
        if (characters > CHARACTERS || characters < 0) {
            throw new ExceededException("texts and variables make more than " + CHARACTERS
                    + " characters in all: write a smaller file");
        }
    }

    void spendFile() {
        files++;
        if (files > FILES) {
            throw new ExceededException("more than " + FILES + " files are read by include, extends and env_file");
        }
    }
}
