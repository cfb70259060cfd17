package clusterd.daemon;

import clusterd.credential.Role;

/** A role as certificates, the state and the API name it. */
final class Roles {
    private Roles() {
    }

    static clusterd.model.Role ofModel(Role role) {
        return switch (role) {
            case MANAGER -> clusterd.model.Role.MANAGER;
            case WITNESS -> clusterd.model.Role.WITNESS;
            case WORKER, ADMIN, OPERATOR, VIEWER -> clusterd.model.Role.WORKER;
        };
    }

    static Role ofCertificate(clusterd.model.Role role) {
        return switch (role) {
            case MANAGER -> Role.MANAGER;
            case WITNESS -> Role.WITNESS;
            case WORKER -> Role.WORKER;
        };
    }
}
