using AmpEdge.Hosting;

namespace AmpEdge.Agent.Budget;

/// <summary>The runtime's own bound of the managed heap.</summary>
/// <remarks>
/// In a container the runtime takes three quarters of its memory limit for the heap by itself, elsewhere what the machine has.
/// </remarks>
internal static class Heap
{
    private const string LimitName = "GCHeapHardLimit";
    private const double ShareOfProcess = 0.75;

    /// <summary>With less the program is busy with nothing but its memory; the runtime takes it without a word.</summary>
    private static readonly ByteSize s_least = new(64 << 20);

    /// <summary>Keeps the heap to the share of a process' memory that the runtime takes in a container of that size.</summary>
    /// <exception cref="StartFailedException">The limit is too small for the heap that is there.</exception>
    public static void Limit(ByteSize process)
    {
        if (process.Bytes < s_least.Bytes)
        {
            throw new StartFailedException($"--memory.limit={process} is too small (allowed: {s_least} or more, or 0 for what there is)");
        }

        AppContext.SetData(LimitName, (ulong)(process.Bytes * ShareOfProcess));
        try
        {
            GC.RefreshMemoryLimit();
        }
        catch (InvalidOperationException refused)
        {
            throw new StartFailedException(
                $"--memory.limit={process}: the runtime refuses it: {refused.Message}", refused);
        }
    }

    public static HeapReading Read() => new(GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Collects all garbage and gives its memory back, so that the next reading shows what is really held.</summary>
    public static void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}
