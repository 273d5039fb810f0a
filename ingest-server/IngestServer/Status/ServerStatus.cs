using AmpEdge.Hosting;
using AmpEdge.IngestServer.Config;

namespace AmpEdge.IngestServer.Status;

/// <summary>What the API tells of the running program itself.</summary>
/// <param name="settings">What the flags say.</param>
/// <param name="reloader">Knows the configuration in force and how the last reload went.</param>
/// <param name="time">The clock.</param>
internal sealed class ServerStatus(ServerSettings settings, ConfigReloader<ServerConfig> reloader, TimeProvider time)
{
    public DateTimeOffset StartTime { get; } = time.GetUtcNow();

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Each flag with its value, given or default.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Flags => settings.Flags;

    public bool LastReloadSuccessful => reloader.LastReloadSuccessful;

    public DateTimeOffset LastReload => reloader.LastSuccess;

    /// <summary>
    /// The configuration in force as far as it concerns one workspace: who may ask for it need not know of the others,
    /// nor of anybody's keys.
    /// </summary>
    public string PrintConfig(string workspaceId) => WorkspaceConfigYaml.Print(reloader.Current, workspaceId);
}
