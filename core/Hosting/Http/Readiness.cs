namespace AmpEdge.Hosting;

/// <summary>Collects why a program is not ready; each component holds one reason and lifts it.</summary>
public sealed class Readiness
{
    private readonly Lock _checksLock = new();
    private readonly List<Func<string?>> _checks = [];

    /// <summary>Adds a check that returns null when ready, else the reason. Must be thread-safe and quick.</summary>
    public void Require(Func<string?> reasonUnlessReady)
    {
        lock (_checksLock)
        {
            _checks.Add(reasonUnlessReady);
        }
    }

    /// <summary>Every reason now; empty when ready.</summary>
    public IReadOnlyList<string> Reasons()
    {
        lock (_checksLock)
        {
            List<string> reasons = [];
            foreach (Func<string?> check in _checks)
            {
                if (check() is { } reason)
                {
                    reasons.Add(reason);
                }
            }

            return reasons;
        }
    }
}
