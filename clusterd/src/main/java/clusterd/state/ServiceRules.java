package clusterd.state;

import clusterd.model.FileReference;
import clusterd.model.Service;
import clusterd.model.ServiceSpec;
import clusterd.model.SiteLoss;
import clusterd.model.Task;
import clusterd.model.TaskTemplate;
import clusterd.model.UpdateStatus;
import clusterd.state.Result.Reason;
import clusterd.state.Result.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What commands about services do. */
final class ServiceRules {
    private ServiceRules() {
    }

    static Result create(Command.CreateService create, Draft draft) {
        ServiceSpec spec = create.spec();
        if (draft.isTaken(spec.name())) {
            return new Refused(Reason.EXISTS, "service " + spec.name() + " is there already: remove it first"
                    + " or change it with `jctl service update`");
        }
        if (draft.service(create.id()) != null) {
            return new Refused(Reason.EXISTS, "service id " + create.id() + " is taken: try again");
        }
        Optional<Refused> missing = missing(spec, draft).or(() -> EndpointRules.refusal(create.id(), create.spec(), draft));
        if (missing.isPresent()) {
            return missing.get();
        }
        spec = EndpointRules.numbered(create.id(), spec, Optional.empty(), draft);
        SortedMap<Long, TaskTemplate> templates = new TreeMap<>(Map.of(1L, spec.task()));
        draft.put(new Service(create.id(), 1, spec, 1, Optional.empty(), templates, UpdateStatus.NONE,
                create.atMillis(), create.atMillis(), false));
        NetworkRules.address(create.id(), spec, draft);
        return new Result.Done(1);
    }

    static Result update(Command.UpdateService update, Draft draft) {
        Service service = draft.service(update.id());
        if (service == null || service.removed()) {
            return noService(update.id().value());
        }
        if (update.expectedVersion() != 0 && update.expectedVersion() != service.version()) {
            return new Refused(Reason.OUT_OF_DATE, "service " + service.spec().name()
                    + " was changed meanwhile (version " + service.version() + ", not "
                    + update.expectedVersion() + "): look at it and try again");
        }
        ServiceSpec spec = update.spec();
        if (!spec.name().equals(service.spec().name())) {
            return new Refused(Reason.INVALID, "service " + service.spec().name()
                    + " cannot be given another name: make another service");
        }
        if (spec.mode().getClass() != service.spec().mode().getClass()) {
            return new Refused(Reason.INVALID, "service " + spec.name() + " is of mode "
                    + service.spec().mode().getClass().getSimpleName() + " and stays so: make another service");
        }
        Optional<Refused> missing = missing(spec, draft).or(() -> EndpointRules.refusal(update.id(), update.spec(), draft));
        if (missing.isPresent()) {
            return missing.get();
        }
        spec = EndpointRules.numbered(update.id(), spec, Optional.of(service.spec()), draft);
        SortedMap<Long, TaskTemplate> templates = new TreeMap<>(service.templates());
        long version = versionOf(spec.task(), service);
        templates.put(version, spec.task());
        Set<Long> used = draft.tasksOf(service.id()).stream().map(Task::specVersion)
                .collect(Collectors.toSet());
        templates.keySet().removeIf(each -> each != version && each != service.specVersion()
                && !used.contains(each));
        draft.put(new Service(service.id(), service.version() + 1, spec, version,
                Optional.of(service.spec()), templates, update.update(), service.createdMillis(),
                update.atMillis(), false, service.scalings(), service.losses()));
        NetworkRules.address(service.id(), spec, draft);
        return new Result.Done(service.version() + 1);
    }

    /** A template that was there before is the same version again: its tasks need not be exchanged. */
    private static long versionOf(TaskTemplate template, Service service) {
        return service.templates().entrySet().stream().filter(each -> each.getValue().equals(template))
                .map(Map.Entry::getKey).findFirst().orElse(service.templates().lastKey() + 1);
    }

    private static Optional<Refused> missing(ServiceSpec spec, Draft draft) {
        if (!Rules.isOrdinary(spec, draft)) {
            return Optional.of(new Refused(Reason.NOT_FOUND, "there is no project " + spec.project()
                    + ": make it with `jctl project create`"));
        }
        for (FileReference each : spec.task().secrets()) {
            if (draft.file(each.name(), true) == null) {
                return Optional.of(new Refused(Reason.NOT_FOUND, "there is no secret " + each.name()
                        + ": make it with `jctl secret create`"));
            }
        }
        for (FileReference each : spec.task().configs()) {
            if (draft.file(each.name(), false) == null) {
                return Optional.of(new Refused(Reason.NOT_FOUND, "there is no config " + each.name()
                        + ": make it with `jctl config create`"));
            }
        }
        return NetworkRules.missing(spec, draft);
    }

    static Result mark(Command.MarkUpdate mark, Draft draft) {
        Service service = draft.service(mark.id());
        if (service == null) {
            return noService(mark.id().value());
        }
        if (service.specVersion() != mark.expectedSpecVersion()) {
            return new Refused(Reason.OUT_OF_DATE, "service " + service.spec().name()
                    + " was changed meanwhile");
        }
        draft.put(new Service(service.id(), service.version(), service.spec(), service.specVersion(),
                service.previous(), service.templates(), mark.update(), service.createdMillis(),
                service.updatedMillis(), service.removed(), service.scalings(), service.losses()));
        return new Result.Done(service.version());
    }

    static Result scale(Command.ScaleService scale, Draft draft) {
        Service service = draft.service(scale.id());
        if (service == null || service.removed()) {
            return noService(scale.id().value());
        }
        if (service.version() != scale.expectedVersion() || service.spec().scale().isEmpty()) {
            return new Refused(Reason.OUT_OF_DATE, "service " + service.spec().name() + " was changed meanwhile");
        }
        draft.put(service.scaled(scale.scaling()));
        return new Result.Done(service.version() + 1);
    }

    static Result mark(Command.MarkSite mark, Draft draft) {
        Service service = draft.service(mark.id());
        if (service == null) {
            return noService(mark.id().value());
        }
        List<SiteLoss> losses = new ArrayList<>(service.losses());
        losses.removeIf(each -> each.site().equals(mark.loss().site()));
        losses.add(mark.loss());
        draft.put(service.with(losses));
        return Result.DONE;
    }

    static Result remove(Command.RemoveService remove, Draft draft) {
        Service service = draft.service(remove.id());
        if (service == null) {
            return noService(remove.id().value());
        }
        NetworkRules.forget(service.id(), draft);
        if (draft.tasksOf(service.id()).isEmpty()) {
            draft.remove(service);
        } else if (!service.removed()) {
            draft.put(new Service(service.id(), service.version() + 1, service.spec(),
                    service.specVersion(), service.previous(), service.templates(), service.update(),
                    service.createdMillis(), remove.atMillis(), true, service.scalings(), service.losses()));
        }
        return Result.DONE;
    }

    static Refused noService(String id) {
        return new Refused(Reason.NOT_FOUND, "there is no service " + id + ": `jctl service ls` lists them");
    }
}
