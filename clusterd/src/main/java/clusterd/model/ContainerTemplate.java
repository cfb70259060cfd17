package clusterd.model;

import java.util.Arrays;

/**
 * The container of each task: everything {@code jctl run} can say of one, so that a service's task can be
 * given whatever a container can. Deciders look at the image alone.
 *
 * @param image   reference
 * @param options an encoded {@code CreateContainerRequest} of {@code node.proto}, not looked into here
 */
public record ContainerTemplate(String image, byte[] options) {
    /** Copies the bytes. */
    public ContainerTemplate {
        options = options.clone();
    }

    @Override
    public byte[] options() {
        return options.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContainerTemplate that && image.equals(that.image)
                && Arrays.equals(options, that.options);
    }

    @Override
    public int hashCode() {
        return 31 * image.hashCode() + Arrays.hashCode(options);
    }

    @Override
    public String toString() {
        return "ContainerTemplate[" + image + ", " + options.length + " bytes]";
    }
}
