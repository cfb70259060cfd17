package runtime.container;

/** Values for tests of other packages. */
public final class ObservedSamples {
    private ObservedSamples() {}

    /** Options of which nothing was given. */
    public static ContainerOptions options() {
        return Samples.options("{\"image\":\"i\"}");
    }
}
