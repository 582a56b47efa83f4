// Command crd-check judges a CustomResourceDefinition as an API server does when it is applied, and
// updates of its objects by its CEL rules, those about the former object included.
//
//	crd-check CRD FILE...
//
// Each file holds an object as `before` and as `after`. It prints a JSON object: what is wrong with
// the definition, the estimated cost of its rules included, and with each update.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

type verdicts struct {
	Definition []string            `json:"definition"`
	Updates    map[string][]string `json:"updates"`
}

type update struct {
	Before map[string]any `json:"before"`
	After  map[string]any `json:"after"`
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: crd-check CRD FILE...")
		os.Exit(2)
	}
	found, err := judge(os.Args[1], os.Args[2:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func judge(definition string, files []string) (*verdicts, error) {
	crd, err := read(definition)
	if err != nil {
		return nil, err
	}
	found := &verdicts{Definition: []string{}, Updates: map[string][]string{}}
	for _, problem := range validation.ValidateCustomResourceDefinition(context.Background(), crd) {
		found.Definition = append(found.Definition, problem.Error())
	}
	// The conversion puts the schema of the only version here.
	structural, err := schema.NewStructural(crd.Spec.Validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
	for _, file := range files {
		found.Updates[file], err = refused(file, structural, rules)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

func read(file string) (*apiextensions.CustomResourceDefinition, error) {
	var crd extv1.CustomResourceDefinition
	if err := parse(file, &crd); err != nil {
		return nil, err
	}
	extv1.SetDefaults_CustomResourceDefinition(&crd)
	extv1.SetDefaults_CustomResourceDefinitionSpec(&crd.Spec)
	var internal apiextensions.CustomResourceDefinition
	err := extv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(
		&crd, &internal, nil)
	for _, version := range crd.Spec.Versions {
		internal.Status.StoredVersions = append(internal.Status.StoredVersions, version.Name)
	}
	return &internal, err
}

func refused(file string, structural *schema.Structural, rules *cel.Validator) ([]string, error) {
	var one update
	if err := parse(file, &one); err != nil {
		return nil, err
	}
	defaulting.Default(one.Before, structural)
	defaulting.Default(one.After, structural)
	problems, _ := rules.Validate(context.Background(), nil, structural, one.After, one.Before,
		celconfig.RuntimeCELCostBudget)
	found := []string{}
	for _, problem := range problems {
		found = append(found, shown(problem))
	}
	return found, nil
}

func shown(problem *field.Error) string {
	return fmt.Sprintf("%s: %s", problem.Field, problem.Detail)
}

func parse(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return yaml.Unmarshal(text, into)
}
