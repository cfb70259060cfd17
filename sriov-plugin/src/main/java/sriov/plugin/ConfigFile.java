package sriov.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import sriov.pool.ConfigException;
import sriov.pool.ConfigReader;
import sriov.pool.PoolConfig;

/** A config that an operator changes while it is in force. One that cannot be followed changes nothing. */
final class ConfigFile {
    private final Path file;
    private String text = "";
    private PoolConfig inForce = PoolConfig.EMPTY;
    private List<String> problems = List.of();

    ConfigFile(Path file) {
        this.file = file;
    }

    /**
     * Looks at it again: all of it, since what is written twice within a clock's tick looks unchanged.
     *
     * @return whether another one is in force than before
     */
    boolean look() {
        try {
            String now = Files.readString(file);
            if (now.equals(text) && problems.isEmpty()) {
                return false;
            }
            if (now.isBlank() && !inForce.equals(PoolConfig.EMPTY)) {
                // An editor that writes a file empties it first; nobody's pools are to go for that moment.
                problems = List.of("the config " + file + " is empty: " + kept() + "; that there are to be none is written \"pools: []\"");
                return false;
            }
            PoolConfig read = ConfigReader.read(now);
            text = now;
            problems = List.of();
            boolean other = !read.equals(inForce);
            inForce = read;
            return other;
        } catch (ConfigException wrong) {
            problems = wrong.problems().stream().map(each -> "the config " + file + " is not followed, and the one before it stays in force: " + each)
                    .toList();
        } catch (NoSuchFileException none) {
            problems = List.of("there is no config " + file + ": " + kept());
        } catch (IOException unreadable) {
            problems = List.of("the config " + file + " cannot be read (" + unreadable + "): " + kept());
        }
        return false;
    }

    private String kept() {
        return inForce.pools().isEmpty() ? "there are no pools" : "the one that was there stays in force";
    }

    PoolConfig inForce() {
        return inForce;
    }

    /** Why the file is not what is in force, each of which is a sentence; none if it is. */
    List<String> problems() {
        return problems;
    }
}
