package clusterd.model;

import java.util.ArrayList;
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
 * @param scalings      the last times it was scaled for what its tasks had to do, the last one first
 * @param losses        of a service of several sites with a standby: the last loss of each site
 */
public record Service(ServiceId id, long version, ServiceSpec spec, long specVersion,
        Optional<ServiceSpec> previous, SortedMap<Long, TaskTemplate> templates, UpdateStatus update,
        long createdMillis, long updatedMillis, boolean removed, List<Scaling> scalings, List<SiteLoss> losses) {
    /** How many scalings are kept. */
    public static final int SCALINGS = 10;

    /** Copies templates and lists. */
    public Service {
        templates = Collections.unmodifiableSortedMap(new TreeMap<>(templates));
        scalings = List.copyOf(scalings);
        losses = List.copyOf(losses);
    }

    /** One that was never scaled and never lost a site. */
    public Service(ServiceId id, long version, ServiceSpec spec, long specVersion, Optional<ServiceSpec> previous,
            SortedMap<Long, TaskTemplate> templates, UpdateStatus update, long createdMillis, long updatedMillis,
            boolean removed) {
        this(id, version, spec, specVersion, previous, templates, update, createdMillis, updatedMillis, removed,
                List.of(), List.of());
    }

    /** The same with another number of tasks, which the spec before it has too: going back is no scaling. */
    public Service scaled(Scaling scaling) {
        List<Scaling> last = new ArrayList<>();
        last.add(scaling);
        scalings.stream().limit(SCALINGS - 1).forEach(last::add);
        return new Service(id, version + 1, spec.scaledTo(scaling.to()), specVersion,
                previous.map(each -> each.autoscaling().isPresent() ? each.scaledTo(scaling.to()) : each), templates,
                update, createdMillis, updatedMillis, removed, last, losses);
    }

    /** The same that has lost sites. */
    public Service with(List<SiteLoss> others) {
        return new Service(id, version, spec, specVersion, previous, templates, update, createdMillis,
                updatedMillis, removed, scalings, others);
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

    /**
     * Where a change stands once it has another spec: what is under way goes on, unless tasks are exchanged for others still.
     *
     * @param phase of an exchange of tasks, if that spec asks for one
     */
    public UpdateStatus updateTo(ServiceSpec other, UpdateStatus.Phase phase, long nowMillis) {
        if (!other.task().equals(spec.task()) && other.mode().isLasting()) {
            return new UpdateStatus(phase, nowMillis, "");
        }
        return update.isUnderWay() ? update : UpdateStatus.NONE;
    }
}
