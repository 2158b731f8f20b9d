import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/images";
import { pullSecretFields } from "../images/images";
import type { EnvVar, Volume, VolumeMount } from "../kubernetes/environment";
import { configMapVolume, literalVariables, memoryVolume } from "../kubernetes/environment";
import { objectLabels } from "../kubernetes/labels";
import type { Component, LabelSource } from "../kubernetes/labels";
import type { ContainerResources } from "../kubernetes/resources";
import { postgresUser, restrictedContainer, restrictedPod } from "../kubernetes/security";
import { schedulingFields } from "../kubernetes/scheduling";
import type { Scheduling } from "../kubernetes/types";

type Container = k8s.types.input.core.v1.Container;
type JobSpec = k8s.types.input.batch.v1.JobSpec;

/** What the pods of backup, restore and drill have in common. */
export interface BackupPodInput extends LabelSource {
  component: Component;
  serviceAccountName: pulumi.Input<string>;
  images: Images;
  /** ConfigMap with the scripts. */
  scripts: pulumi.Input<string>;
  scheduling?: Scheduling;
}

/** A script, and what it needs besides the scripts' folder and a place for small files. */
export interface ScriptStep {
  name: string;
  /** The image: PostgreSQL's clients, or the AWS CLI. */
  image: "postgres" | "awsCli";
  script: string;
  env: EnvVar[];
  mounts: VolumeMount[];
  resources: ContainerResources;
}

/** A Job whose pod runs scripts one after the other; the last one is its main container. */
export function scriptJobSpec(
  input: BackupPodInput,
  steps: readonly ScriptStep[],
  job: { volumes: Volume[]; activeDeadlineSeconds: number; backoffLimit: number },
): JobSpec {
  const containers = steps.map((step) => scriptContainer(input, step));
  return {
    backoffLimit: job.backoffLimit,
    activeDeadlineSeconds: job.activeDeadlineSeconds,
    template: {
      metadata: { labels: objectLabels(input, input.component) },
      spec: {
        restartPolicy: "Never",
        serviceAccountName: input.serviceAccountName,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        ...pullSecretFields(input.images),
        ...schedulingFields(input.scheduling),
        securityContext: restrictedPod(postgresUser),
        initContainers: containers.slice(0, -1),
        containers: containers.slice(-1),
        volumes: [configMapVolume("scripts", input.scripts), memoryVolume("tmp", "16Mi"), ...job.volumes],
      },
    },
  };
}

function scriptContainer(input: BackupPodInput, step: ScriptStep): Container {
  return {
    name: step.name,
    image: input.images[step.image],
    imagePullPolicy: input.images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    command: ["sh", `/scripts/${step.script}`],
    env: [...literalVariables({ TMPDIR: "/tmp", HOME: "/tmp" }), ...step.env],
    securityContext: restrictedContainer(),
    resources: step.resources,
    volumeMounts: [
      { name: "scripts", mountPath: "/scripts", readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
      ...step.mounts,
    ],
  };
}

/** What a step needs that reads or writes the scratch folder. */
export const scratchMount: VolumeMount = { name: "scratch", mountPath: "/scratch" };

/** A scratch folder on the node's disk. */
export function scratchVolume(sizeLimit: string): Volume {
  return { name: "scratch", emptyDir: { sizeLimit } };
}
