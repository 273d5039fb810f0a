namespace AmpEdge.Proxy.Routing;

/// <summary>Earns a share of a repetition with each request, so that repetitions stay that share of all.</summary>
internal sealed class RetryBudget(int percent)
{
    // A few repetitions are there from the start and between rare requests.
    private const int MostSaved = 1000;

    private readonly Lock _savedLock = new();

    /// <summary>In hundredths of a repetition.</summary>
    private int _saved = percent > 0 ? MostSaved : 0;

    /// <summary>Counts a request that is sent for the first time.</summary>
    public void Earn()
    {
        lock (_savedLock)
        {
            _saved = Math.Min(percent > 0 ? MostSaved : 0, _saved + percent);
        }
    }

    /// <summary>Takes one repetition; false when there is none left.</summary>
    public bool TrySpend()
    {
        lock (_savedLock)
        {
            if (_saved < 100)
            {
                return false;
            }

            _saved -= 100;
            return true;
        }
    }
}
