namespace AmpEdge.Agent.Cost;

/// <summary>The series of one metric name, and the jobs that expose it.</summary>
internal sealed class MetricTally : Tally
{
    private readonly List<string> _jobs = [];

    public IReadOnlyList<string> Jobs => _jobs;

    /// <summary>Jobs are counted one after the other, so a new one differs from the last.</summary>
    public void AddJob(string job)
    {
        if (_jobs.Count == 0 || !ReferenceEquals(_jobs[^1], job))
        {
            _jobs.Add(job);
        }
    }
}
