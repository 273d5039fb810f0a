namespace AmpEdge.Agent.Discovery.Kubernetes;

/// <summary>Which controllers of pods are named on targets beyond the direct one.</summary>
internal readonly record struct AttachedControllers(bool Deployment, bool Job, bool CronJob);
