package clusterd.credential;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which role may call which method. What is in no row nobody may call. */
public final class Permissions {
    private static final Set<Role> PEOPLE = Set.of(Role.ADMIN, Role.OPERATOR, Role.VIEWER);

    /**
     * A row.
     *
     * @param method {@code package.Service/Method}, or {@code package.Service/*} for those without a row of
     *               their own
     * @param roles  who may; empty with {@code open}
     * @param open   whether it needs no certificate at all
     */
    public record Permission(String method, Set<Role> roles, boolean open) {
        public Permission {
            if (method.indexOf('/') < 1 || method.endsWith("/")) {
                throw new IllegalArgumentException("a permission is for package.Service/Method, not '" + method
                        + "'");
            }
            roles = roles.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(roles));
        }

        /** For those roles. */
        public static Permission of(String method, Role first, Role... more) {
            return new Permission(method, EnumSet.of(first, more), false);
        }

        /** For everybody, without a certificate: the call itself sees who calls. */
        public static Permission open(String method) {
            return new Permission(method, Set.of(), true);
        }
    }

    private final Map<String, Permission> rows;

    private Permissions(Map<String, Permission> rows) {
        this.rows = Map.copyOf(rows);
    }

    /**
     * A table.
     *
     * @throws IllegalArgumentException if two rows are for one method
     */
    public static Permissions of(Collection<Permission> permissions) {
        Map<String, Permission> rows = new HashMap<>();
        for (Permission permission : permissions) {
            if (rows.put(permission.method(), permission) != null) {
                throw new IllegalArgumentException("two permissions for " + permission.method());
            }
        }
        return new Permissions(rows);
    }

    /** With the rows of another service. */
    public Permissions and(Collection<Permission> more) {
        List<Permission> all = new ArrayList<>(rows.values());
        all.addAll(more);
        return of(all);
    }

    /** Whether a method may be called without a certificate. */
    public boolean isOpen(String method) {
        return row(method).map(Permission::open).orElse(false);
    }

    /** Whether a method has a row, its service's included. */
    public boolean names(String method) {
        return row(method).isPresent();
    }

    /** Why the peer may not call the method, a sentence; empty if it may. */
    public Optional<String> fault(Member member, String method) {
        Optional<Permission> row = row(method);
        if (row.isEmpty()) {
            return Optional.of("no role may call " + Shown.of(method) + " here");
        }
        if (row.get().open() || row.get().roles().contains(member.role())) {
            return Optional.empty();
        }
        boolean forPeople = row.get().roles().stream().anyMatch(PEOPLE::contains);
        return Optional.of("the " + member + " may not call " + method + ": it is for "
                + String.join(" and ", row.get().roles().stream().sorted().map(Role::text).toList())
                + (forPeople && !member.role().isNode() ? "; an admin changes roles with `jctl cluster user add`"
                        : ""));
    }

    private Optional<Permission> row(String method) {
        Permission exact = rows.get(method);
        int slash = method.indexOf('/');
        return exact != null || slash < 0 ? Optional.ofNullable(exact)
                : Optional.ofNullable(rows.get(method.substring(0, slash + 1) + "*"));
    }
}
