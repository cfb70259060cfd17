package bench;

import java.util.List;
import java.util.Map;

/** A container engine seen through docker's command line. */
interface Engine extends AutoCloseable {

    String name();

    /** What its commands need in their environment. */
    Map<String, String> environment();

    /** The words of a command. */
    List<String> command(List<String> arguments);

    /** {@code run} of {@link TestImage#NAME} with options. */
    default List<String> run(List<String> options, List<String> program) {
        return command(Shell.join(Shell.join(List.of("run"), options),
                Shell.join(List.of(TestImage.NAME), program)));
    }

    /** {@code load} of an archive. */
    default List<String> load(TestImage image) {
        return command(List.of("load", "-q", "-i", image.archive().toString()));
    }

    /** {@code pull} from a registry on loopback that speaks HTTP. */
    default List<String> pull(String reference) {
        return command(List.of("pull", "-q", reference));
    }

    default List<String> removeImage(String reference) {
        return command(List.of("rmi", "-f", reference));
    }

    /** Name, as in {@code /proc/PID/comm}, of the process that stays beside each container. */
    String keeper();

    /** Ends everything and removes its folders. */
    @Override
    void close();
}
