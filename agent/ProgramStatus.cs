using System.Runtime.InteropServices;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;

namespace AmpEdge.Agent;

/// <summary>What the API and the status page tell of the running program itself.</summary>
/// <param name="version">Which build this is.</param>
/// <param name="settings">What the flags say.</param>
/// <param name="reloader">Knows the configuration in force and how the last reload went.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgramStatus(
    BuildVersion version, AgentSettings settings, ConfigReloader<AgentConfig> reloader, TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public BuildVersion Version => version;

    public string Runtime { get; } = RuntimeInformation.FrameworkDescription;

    public DateTimeOffset StartTime { get; } = time.GetUtcNow();

    public DateTimeOffset Now => time.GetUtcNow();

    public TimeSpan Uptime => time.GetElapsedTime(_started);

    /// <summary>Each flag with its value, given or default.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Flags => settings.Flags;

    public string ConfigFile => settings.ConfigFile;

    public bool LastReloadSuccessful => reloader.LastReloadSuccessful;

    public DateTimeOffset LastReload => reloader.LastSuccess;

    /// <summary>How long and how much the buffer keeps for a destination that does not take it.</summary>
    public string Retention =>
        $"{PrometheusDuration.Format(settings.Buffer.MaxAge)} or {new ByteSize(settings.Buffer.MaxBytes)}";

    /// <summary>The configuration in force as YAML, secrets hidden.</summary>
    public string PrintConfig() => AgentConfigYaml.Print(reloader.Current);
}
