package runtime.spec;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A device file to make in the container.
 *
 * @param path     absolute path in the container
 * @param type     character, block or FIFO
 * @param major    device number; absent for a FIFO
 * @param minor    device number; absent for a FIFO
 * @param fileMode permission bits
 * @param uid      owner inside the container
 * @param gid      group inside the container
 */
public record Device(
        String path,
        Type type,
        OptionalLong major,
        OptionalLong minor,
        OptionalInt fileMode,
        OptionalLong uid,
        OptionalLong gid) {

    /** The letter of {@code mknod(1)}. */
    public enum Type {
        CHARACTER("c"), UNBUFFERED_CHARACTER("u"), BLOCK("b"), FIFO("p");

        private final String letter;

        Type(String letter) {
            this.letter = letter;
        }

        /** {@code c}, {@code u}, {@code b} or {@code p}. */
        public String letter() {
            return letter;
        }

        /** The type with that letter. */
        public static Optional<Type> lettered(String letter) {
            for (Type type : values()) {
                if (type.letter.equals(letter)) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }
}
