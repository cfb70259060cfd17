package clusterd.template;

import api.node.CreateContainerRequest;
import api.node.RegistryAuth;
import clusterd.model.ContainerTemplate;
import clusterd.model.StoredFile;
import clusterd.model.TaskTemplate;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The login for its image's registry that a template may have. As a user gives it, it is plain; in the cluster's state
 * sealed, as a secret is; plain again on the way to a node that has a task of it; left out on that node's disk.
 */
public final class RegistryLogin {
    /** A secret's name has no slash, so that neither can be taken for the other. */
    private static final String SEALED_AS = "registry-login/";

    private RegistryLogin() {
    }

    /**
     * With its login sealed; sealed already, it stays as it is.
     *
     * @param before what it takes the place of: the same login there is kept as it is sealed, so that a template of
     *               which nothing else has changed is the same
     * @param seal   gives a secret with its bytes sealed
     * @param open   gives the bytes of a secret
     */
    public static TaskTemplate sealed(TaskTemplate template, Optional<TaskTemplate> before,
            UnaryOperator<StoredFile> seal, Function<StoredFile, byte[]> open) {
        RegistryAuth login = of(template).orElse(RegistryAuth.getDefaultInstance());
        if (isLeftOut(login) || !login.getSealed().isEmpty()) {
            return template;
        }
        RegistryAuth old = before.flatMap(RegistryLogin::of).orElse(RegistryAuth.getDefaultInstance());
        if (!old.getSealed().isEmpty() && opened(old, open).equals(login)) {
            return with(template, old);
        }
        ByteString sealed = ByteString.copyFrom(seal.apply(secret(login, login.toByteArray())).data());
        return with(template, RegistryAuth.newBuilder().setRegistry(login.getRegistry()).setSealed(sealed).build());
    }

    /** With its login as a registry wants it. */
    public static TaskTemplate opened(TaskTemplate template, Function<StoredFile, byte[]> open) {
        return of(template).filter(login -> !login.getSealed().isEmpty())
                .map(login -> with(template, opened(login, open))).orElse(template);
    }

    /** With nothing of its login but for which registry it is. */
    public static TaskTemplate leftOut(TaskTemplate template) {
        return of(template).filter(login -> !isLeftOut(login)).map(login -> with(template, nothingOf(login)))
                .orElse(template);
    }

    /** Whether there was a login, which only a manager has. */
    public static boolean isLeftOut(TaskTemplate template) {
        return of(template).filter(RegistryLogin::isLeftOut).isPresent();
    }

    private static boolean isLeftOut(RegistryAuth login) {
        return login.equals(nothingOf(login));
    }

    private static RegistryAuth nothingOf(RegistryAuth login) {
        return RegistryAuth.newBuilder().setRegistry(login.getRegistry()).build();
    }

    private static RegistryAuth opened(RegistryAuth login, Function<StoredFile, byte[]> open) {
        try {
            return RegistryAuth.parseFrom(open.apply(secret(login, login.getSealed().toByteArray()))).toBuilder()
                    .setRegistry(login.getRegistry()).build();
        } catch (InvalidProtocolBufferException malformed) {
            return nothingOf(login);
        }
    }

    private static StoredFile secret(RegistryAuth login, byte[] bytes) {
        return new StoredFile(SEALED_AS + login.getRegistry(), true, new TreeMap<>(), bytes, 0);
    }

    /** None too if the options cannot be read, of which others tell. */
    private static Optional<RegistryAuth> of(TaskTemplate template) {
        try {
            return Optional.of(TaskContainerRequest.decode(template.container()))
                    .filter(CreateContainerRequest::hasAuth).map(CreateContainerRequest::getAuth);
        } catch (TemplateException malformed) {
            return Optional.empty();
        }
    }

    private static TaskTemplate with(TaskTemplate template, RegistryAuth login) {
        try {
            CreateContainerRequest options = TaskContainerRequest.decode(template.container());
            return template.with(new ContainerTemplate(template.container().image(),
                    options.toBuilder().setAuth(login).build().toByteArray()));
        } catch (TemplateException malformed) {
            throw new IllegalStateException("it was read before", malformed);
        }
    }
}
