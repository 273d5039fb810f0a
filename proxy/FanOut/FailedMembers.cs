using AmpEdge.QueryApi;

namespace AmpEdge.Proxy.FanOut;

/// <summary>The members that are missing from an answer, each with its first error.</summary>
internal sealed class FailedMembers
{
    private readonly List<MemberFailure> _failures = [];

    public int Count => _failures.Count;

    public static FailedMembers Of<T>(MemberOutcome<T>[] outcomes)
        where T : class
    {
        FailedMembers failed = new();
        foreach (MemberOutcome<T> outcome in outcomes)
        {
            if (outcome.Error is { } error && !failed.Contains(outcome.Request.Member))
            {
                failed._failures.Add(new MemberFailure(outcome.Request.Member.Name, error));
            }
        }

        return failed;
    }

    public bool Contains(IMember member)
    {
        foreach (MemberFailure failure in _failures)
        {
            if (failure.Member == member.Name)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The error of an answer that has no member left: that of the highest status, with its member named.</summary>
    public ApiError Worst(WorkspaceLabel label)
    {
        MemberFailure worst = _failures[0];
        foreach (MemberFailure failure in _failures)
        {
            if (failure.Error.Status > worst.Error.Status)
            {
                worst = failure;
            }
        }

        string others = _failures.Count > 1 ? $" (and {_failures.Count - 1} more failed)" : "";
        return new ApiError(worst.Error.Kind, $"{label.Name} \"{worst.Member}\": {worst.Error.Message}{others}");
    }

    public List<string> Warnings(WorkspaceLabel label)
    {
        List<string> warnings = [];
        foreach (MemberFailure failure in _failures)
        {
            warnings.Add(failure.Warning(label));
        }

        return warnings;
    }
}
