using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace AmpEdge.Hosting;

/// <summary>
/// <c>process_*</c> as every Prometheus client has them, what the .NET runtime uses, and <c>ampedge_build_info</c>.
/// </summary>
public sealed class ProcessMetrics
{
    private const string ProcFolder = "/proc/self";
    private const string BootTimeRow = "btime ";

    /// <summary>Of /proc/PID/stat, counted from the field behind the name.</summary>
    private const int StartTimeField = 19;

    /// <summary>What Linux shows to programs, whatever its own clock does.</summary>
    private const double TicksPerSecond = 100;

    private readonly GaugeMetric _residentBytes;
    private readonly GaugeMetric _virtualBytes;
    private readonly GaugeMetric _openFiles;
    private readonly GaugeMetric _threads;

    private ProcessMetrics(MetricRegistry registry)
    {
        _residentBytes = registry.Gauge("process_resident_memory_bytes", "Resident memory size in bytes.");
        _virtualBytes = registry.Gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.");
        _openFiles = registry.Gauge("process_open_fds", "Number of open file descriptors.");
        _threads = registry.Gauge("process_threads", "Number of OS threads.");
    }

    /// <summary>Registers all of them.</summary>
    public static void Register(MetricRegistry registry, string program, BuildVersion version)
    {
        ProcessMetrics metrics = new(registry);
        registry.BeforeCollect(metrics.Update);
        registry.Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.")
            .ReadFrom(static () => Environment.CpuUsage.TotalTime.TotalSeconds);
        registry.Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.")
            .SetTo(StartTime());
        if (ProcessLimit.Soft("Max open files") is { } maxFiles)
        {
            registry.Gauge("process_max_fds", "Maximum number of open file descriptors.").Set(maxFiles);
        }

        if (ProcessLimit.Soft("Max address space") is { } maxBytes)
        {
            registry.Gauge("process_virtual_memory_max_bytes", "Maximum amount of virtual memory available in bytes.").Set(maxBytes);
        }

        registry.Gauges(
                "ampedge_build_info", "A metric with a constant '1' value labelled by program, version, revision and runtime.",
                "program", "version", "revision", "runtime")
            .With(program, version.Version, version.Revision, RuntimeInformation.FrameworkDescription)
            .Set(1);
        RegisterRuntime(registry);
    }

    private static void RegisterRuntime(MetricRegistry registry)
    {
        registry.Gauge("dotnet_gc_heap_size_bytes", "Size of the managed heap after the last collection.",
            static () => GC.GetGCMemoryInfo().HeapSizeBytes);
        registry.Gauge("dotnet_gc_committed_bytes", "Memory committed for the managed heap at the last collection.",
            static () => GC.GetGCMemoryInfo().TotalCommittedBytes);
        registry.Counter("dotnet_gc_allocated_bytes_total", "Bytes allocated on the managed heap.")
            .ReadFrom(static () => GC.GetTotalAllocatedBytes());
        registry.Counter("dotnet_gc_pause_seconds_total", "Time for which collections stopped the program.")
            .ReadFrom(static () => GC.GetTotalPauseDuration().TotalSeconds);
        MetricFamily<CounterMetric> collections = registry.Counters(
            "dotnet_gc_collections_total", "Collections by generation.", "generation");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            int counted = generation;
            collections.With(generation.ToString(CultureInfo.InvariantCulture)).ReadFrom(() => GC.CollectionCount(counted));
        }

        registry.Gauge("dotnet_threadpool_threads", "Threads of the pool.", static () => ThreadPool.ThreadCount);
        registry.Gauge("dotnet_threadpool_queue_length", "Work items that wait for a thread.",
            static () => ThreadPool.PendingWorkItemCount);
    }

    /// <summary>Reads the sizes of the process in one go; on systems without /proc they stay at what the runtime knows.</summary>
    private void Update()
    {
        if (!Directory.Exists(ProcFolder))
        {
            _residentBytes.Set(Environment.WorkingSet);
            return;
        }

        try
        {
            string[] pages = File.ReadAllText(ProcFolder + "/statm").Split(' ');
            _virtualBytes.Set(double.Parse(pages[0], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
            _residentBytes.Set(double.Parse(pages[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
            _openFiles.Set(Count(ProcFolder + "/fd"));
            _threads.Set(Count(ProcFolder + "/task"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // /proc may be closed to us; NaN says on the page that the values are not known.
            _openFiles.Set(double.NaN);
            _virtualBytes.Set(double.NaN);
        }
    }

    private static int Count(string folder)
    {
        int count = 0;
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            count += entry.Length > 0 ? 1 : 0;
        }

        return count;
    }

    private static DateTimeOffset StartTime() => OperatingSystem.IsLinux() && File.Exists(ProcFolder + "/stat")
        ? StartTimeOf(File.ReadAllText(ProcFolder + "/stat"), File.ReadLines("/proc/stat"))
        : RuntimeStartTime();

    /// <summary>What the kernel says, in ticks since it booted; read here because the runtime's way loads an assembly for it.</summary>
    internal static DateTimeOffset StartTimeOf(string processStat, IEnumerable<string> machineStat)
    {
        // The program's name, in brackets, may hold anything; behind it come the fields from the third on.
        string[] fields = processStat[(processStat.LastIndexOf(')') + 2)..].Split(' ');
        double sinceBoot = double.Parse(fields[StartTimeField], CultureInfo.InvariantCulture) / TicksPerSecond;
        foreach (string line in machineStat)
        {
            if (line.StartsWith(BootTimeRow, StringComparison.Ordinal))
            {
                long bootTime = long.Parse(line.AsSpan(BootTimeRow.Length), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
                return DateTimeOffset.FromUnixTimeSeconds(bootTime).AddSeconds(sinceBoot);
            }
        }

        throw new InvalidDataException("/proc/stat does not say when the machine booted");
    }

    private static DateTimeOffset RuntimeStartTime()
    {
        using Process self = Process.GetCurrentProcess();
        return self.StartTime;
    }
}
