package dev.cerberus.djl;

import java.lang.reflect.Field;
import java.util.Map;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;

/**
 * A count of what an {@link NDManager} would free when closed.
 */
final class ManagedResources {

    private ManagedResources() {
    }

    /**
     * Counts arrays, programs and managers below a manager, at any depth.
     * @param manager an open manager
     * @return the number of resources
     */
    static int count(NDManager manager) {
        int count = 0;
        // DJL publishes the arrays only, and neither the programs nor the managers among
        // its resources
        for (Object resource : map(manager, "resources").values()) {
            count += 1 + ((resource instanceof NDManager below) ? count(below) : 0);
        }
        return count + map(manager, "tempResources").size();
    }

    /**
     * Returns the manager that owns the native resources of heads.
     * @param heads open heads
     * @return their manager
     */
    static NDManager managerOf(DjlDraftHeads heads) {
        return (NDManager) field(DjlDraftHeads.class, "manager", heads);
    }

    private static Map<?, ?> map(NDManager manager, String name) {
        return (Map<?, ?>) field(BaseNDManager.class, name, manager);
    }

    private static Object field(Class<?> type, String name, Object owner) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(owner);
        }
        catch (ReflectiveOperationException ex) {
            throw new IllegalStateException(
                    type.getSimpleName() + " has no readable field " + name + "; adapt this count to it", ex);
        }
    }

}
