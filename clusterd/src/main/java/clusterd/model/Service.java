package clusterd.model;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A service as the cluster knows it.
 *
 * @param id            of it
 * @param version       counts every change; a writer names the one it saw
 * @param spec          what is wanted now
 * @param specVersion   of the task template of {@code spec}: a task of another one is out of date
 * @param previous      what was wanted before, to go back to
 * @param templates     every template that some task is of, by its version
 * @param update        how far the last change has come
 * @param createdMillis since 1970
 * @param updatedMillis since 1970
 * @param removed       whether it only waits for its tasks to end
 * @param losses        of a service of several sites with a standby: the last loss of each site
 */
public record Service(ServiceId id, long version, ServiceSpec spec, long specVersion,
        Optional<ServiceSpec> previous, SortedMap<Long, TaskTemplate> templates, UpdateStatus update,
        long createdMillis, long updatedMillis, boolean removed, List<SiteLoss> losses) {
    /** Copies templates and losses. */
    public Service {
        templates = Collections.unmodifiableSortedMap(new TreeMap<>(templates));
        losses = List.copyOf(losses);
    }

    /** One that never lost a site. */
    public Service(ServiceId id, long version, ServiceSpec spec, long specVersion, Optional<ServiceSpec> previous,
            SortedMap<Long, TaskTemplate> templates, UpdateStatus update, long createdMillis, long updatedMillis,
            boolean removed) {
        this(id, version, spec, specVersion, previous, templates, update, createdMillis, updatedMillis, removed,
                List.of());
    }

    /** The same that has lost sites. */
    public Service with(List<SiteLoss> others) {
        return new Service(id, version, spec, specVersion, previous, templates, update, createdMillis,
                updatedMillis, removed, others);
    }

    /** What a task of that version is. */
    public TaskTemplate template(long ofVersion) {
        TaskTemplate template = templates.get(ofVersion);
        if (template == null) {
            throw new IllegalArgumentException("service " + spec.name() + " keeps no template of version "
                    + ofVersion + ", only " + templates.keySet());
        }
        return template;
    }
}
