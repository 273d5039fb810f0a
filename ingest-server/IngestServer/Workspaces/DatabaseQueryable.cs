using AmpEdge.PromQL;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Workspaces;

/// <summary>A workspace's store as the query engine reads it.</summary>
internal sealed class DatabaseQueryable(Database database) : IQueryable
{
    private readonly Database _database = database;

    public IQuerier OpenQuerier(long minTimeMs, long maxTimeMs) =>
        new WorkspaceQuerier(_database.NewQuerier(), minTimeMs, maxTimeMs);
}
