package runtime.container;

/** Where the daemon tells its operator what no client waits for. */
@FunctionalInterface
public interface Journal {
    /** One line. */
    void say(String line);
}
