package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
)

const (
	provisionerName        = "node.certctl.local/volume"
	provisionedAnnotation  = "pv.kubernetes.io/provisioned-by"
	sizedAnnotation        = "node.certctl.local/sized"
	selectedNodeAnnotation = "volume.kubernetes.io/selected-node"
)

type provisioner struct {
	client  kubernetes.Interface
	folder  string
	claims  corelisters.PersistentVolumeClaimLister
	volumes corelisters.PersistentVolumeLister
	classes storagelisters.StorageClassLister
}

// reconcile does what is to be done; what fails is tried again with the next change, or later.
func (p *provisioner) reconcile(ctx context.Context) {
	claims, _ := p.claims.List(labels.Everything())
	for _, claim := range claims {
		class := p.classOf(claim)
		if class == nil || claim.DeletionTimestamp != nil {
			continue
		}
		step := p.grow
		if claim.Spec.VolumeName == "" {
			step = p.provision
		}
		if err := step(ctx, claim, class); err != nil {
			slog.Error("claim", "namespace", claim.Namespace, "name", claim.Name, "error", err)
		}
	}
	volumes, _ := p.volumes.List(labels.Everything())
	for _, volume := range volumes {
		if err := p.remove(ctx, volume); err != nil {
			slog.Error("volume", "name", volume.Name, "error", err)
		}
	}
}

func (p *provisioner) classOf(claim *corev1.PersistentVolumeClaim) *storagev1.StorageClass {
	if claim.Spec.StorageClassName == nil {
		return nil
	}
	class, err := p.classes.Get(*claim.Spec.StorageClassName)
	if err != nil || class.Provisioner != provisionerName {
		return nil
	}
	return class
}

// provision makes a volume once the scheduler has chosen the node of the claim's first pod.
func (p *provisioner) provision(ctx context.Context, claim *corev1.PersistentVolumeClaim, class *storagev1.StorageClass) error {
	node := claim.Annotations[selectedNodeAnnotation]
	name := "pvc-" + string(claim.UID)
	if _, err := p.volumes.Get(name); node == "" || err == nil {
		return nil
	}
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	path := filepath.Join(p.folder, strings.Join([]string{claim.Namespace, claim.Name, string(claim.UID)}, "_"))
	volume := &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: map[string]string{provisionedAnnotation: provisionerName}},
		Spec: corev1.PersistentVolumeSpec{
			Capacity:                      corev1.ResourceList{corev1.ResourceStorage: size},
			AccessModes:                   claim.Spec.AccessModes,
			PersistentVolumeReclaimPolicy: *class.ReclaimPolicy,
			StorageClassName:              class.Name,
			ClaimRef: &corev1.ObjectReference{
				Kind: "PersistentVolumeClaim", APIVersion: "v1", Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID,
			},
			// A local volume, not a host path: kubelet gives only the former to the pod's fsGroup.
			PersistentVolumeSource: corev1.PersistentVolumeSource{Local: &corev1.LocalVolumeSource{Path: path}},
			NodeAffinity: &corev1.VolumeNodeAffinity{Required: &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
				MatchExpressions: []corev1.NodeSelectorRequirement{{Key: corev1.LabelHostname, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
			}}}},
		},
	}
	if class.Parameters["sized"] == "true" {
		volume.Annotations[sizedAnnotation] = "true"
	}
	if err := p.makeFolder(volume); err != nil {
		return err
	}
	_, err := p.client.CoreV1().PersistentVolumes().Create(ctx, volume, metav1.CreateOptions{})
	if err == nil {
		slog.Info("made", "volume", name, "claim", claim.Namespace+"/"+claim.Name, "size", size.String())
	}
	return ignore(err, apierrors.IsAlreadyExists)
}

// makeFolder gives what a new file system on a disk looks like: its root is root's.
func (p *provisioner) makeFolder(volume *corev1.PersistentVolume) error {
	path := volume.Spec.Local.Path
	if err := os.MkdirAll(path, 0o755); err != nil || volume.Annotations[sizedAnnotation] == "" {
		return err
	}
	size := volume.Spec.Capacity[corev1.ResourceStorage]
	if isMounted(path) {
		return nil
	}
	return syscall.Mount("certctl-node-volume", path, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0755", size.Value()))
}

func (p *provisioner) mountSized() error {
	volumes, _ := p.volumes.List(labels.Everything())
	for _, volume := range volumes {
		if volume.Annotations[provisionedAnnotation] != provisionerName || volume.Annotations[sizedAnnotation] == "" {
			continue
		}
		if err := p.makeFolder(volume); err != nil {
			return err
		}
	}
	return nil
}

// grow does what a storage system does when more is claimed than the volume has.
func (p *provisioner) grow(ctx context.Context, claim *corev1.PersistentVolumeClaim, _ *storagev1.StorageClass) error {
	volume, err := p.volumes.Get(claim.Spec.VolumeName)
	if err != nil || claim.Status.Phase != corev1.ClaimBound || volume.Annotations[provisionedAnnotation] != provisionerName {
		return nil
	}
	wanted := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	if wanted.Cmp(volume.Spec.Capacity[corev1.ResourceStorage]) > 0 {
		if volume.Annotations[sizedAnnotation] != "" {
			if err := syscall.Mount("", volume.Spec.Local.Path, "", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", wanted.Value())); err != nil {
				return err
			}
		}
		patch := map[string]any{"spec": map[string]any{"capacity": map[string]resource.Quantity{"storage": wanted}}}
		if _, err := p.client.CoreV1().PersistentVolumes().Patch(ctx, volume.Name, types.MergePatchType, encode(patch), metav1.PatchOptions{}); err != nil {
			return err
		}
		slog.Info("grown", "volume", volume.Name, "size", wanted.String())
	}
	if wanted.Cmp(claim.Status.Capacity[corev1.ResourceStorage]) <= 0 {
		return nil
	}
	patch := map[string]any{"status": map[string]any{"capacity": map[string]resource.Quantity{"storage": wanted}, "conditions": nil}}
	_, err = p.client.CoreV1().PersistentVolumeClaims(claim.Namespace).Patch(ctx, claim.Name, types.MergePatchType, encode(patch), metav1.PatchOptions{}, "status")
	return err
}

// remove ends a volume whose claim is gone, if its class says so.
func (p *provisioner) remove(ctx context.Context, volume *corev1.PersistentVolume) error {
	if volume.Annotations[provisionedAnnotation] != provisionerName || volume.Status.Phase != corev1.VolumeReleased ||
		volume.Spec.PersistentVolumeReclaimPolicy != corev1.PersistentVolumeReclaimDelete || volume.DeletionTimestamp != nil {
		return nil
	}
	path := volume.Spec.Local.Path
	if filepath.Dir(path) != filepath.Clean(p.folder) {
		return fmt.Errorf("%s is not in %s", path, p.folder)
	}
	if isMounted(path) {
		if err := syscall.Unmount(path, syscall.MNT_DETACH); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(path); err != nil {
		return err
	}
	slog.Info("removed", "volume", volume.Name)
	return ignore(p.client.CoreV1().PersistentVolumes().Delete(ctx, volume.Name, metav1.DeleteOptions{}), apierrors.IsNotFound)
}

func isMounted(path string) bool {
	var own, parent syscall.Stat_t
	if errors.Join(syscall.Stat(path, &own), syscall.Stat(filepath.Dir(path), &parent)) != nil {
		return false
	}
	return own.Dev != parent.Dev
}

func ignore(err error, expected func(error) bool) error {
	if err != nil && expected(err) {
		return nil
	}
	return err
}

func encode(patch any) []byte {
	text, _ := json.Marshal(patch)
	return text
}
