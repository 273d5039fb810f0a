using System.Runtime.CompilerServices;

namespace AmpEdge.SigV4;

/// <summary>
/// The way off a thread that waits for sockets, where what follows on their bytes may run: the SDK reads the bodies of its answers
/// synchronously, and a thread that waits there for more of a body waits for itself.
/// </summary>
internal static class PoolThread
{
    /// <summary>To be awaited: what follows runs on the pool.</summary>
    public static ConfiguredTaskAwaitable SwitchTo() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
}
